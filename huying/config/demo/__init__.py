"""A city to try Huying with: Shenzhen's structure, and of Zhengzhou what one story needs.

Offices are those that every city has, persons are invented, phones begin with 1990000.
"""
