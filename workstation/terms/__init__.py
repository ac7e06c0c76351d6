"""Words of the trade, once: body regions, sides, modalities and their synonyms, language by language.

Reporting, worklist, hanging and dictation read the same tables, so that "left knee" means one thing
everywhere. Pure data and lookups; anyone above may import it.
"""
