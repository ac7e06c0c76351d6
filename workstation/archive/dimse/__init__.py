"""An archive that speaks DIMSE: query, retrieve, storage, commitment and worklist, over associations.

Data comes from pynetdicom, the only library that this package may talk to a network with; everything
above it asks through ``archive.protocols`` and is handed plain values.
"""
