"""DICOM objects: reading them safely, their pixels, their look-up tables, series and volumes.

Data comes as bytes from whoever holds them (the store, an import, a phantom); nothing here opens
a network connection or keeps anything. Everything above ``dicom`` may import it.
"""
