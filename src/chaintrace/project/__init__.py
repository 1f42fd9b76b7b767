"""Files become one program: module names, import resolution, star imports, and what a class body says.

Assumes that facts are right about one file. Cannot see modules made at run time, nor changes to `sys.path`.
"""
