"""Facts: all that later stages know about a file.

Plain values without parser or input and output. A `FileFacts` is a function of the file's bytes alone: it
knows neither the file's path nor its module name, so a digest of the bytes is a sound cache key.
"""
