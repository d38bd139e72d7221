"""The program's version, stamped into reports and packages."""

VERSION = "0.1.0"
