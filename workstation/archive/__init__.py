"""The world of images and reading tasks outside: archives behind two small protocols.

An archive is asked (``Images``, ``Work``) and answers with plain values or streams of bytes; nothing is
kept here but open connections. Two ways lead to one: DICOMweb (PS3.18) and DIMSE (PS3.4, PS3.7). ``sync``
and ``workflow`` may import it; it is one of two packages that speak to the network at all.
"""
