"""`/maal`: the indicators of the agreements as they are written, for everybody who logs in, the board above all.

Agreements in force or to come stand first, then what is proposed, apart and marked so, then those that have
ended: an ended agreement hides nothing. Readings are typed in with source and date; an indicator with a filter
is counted from the log: this reporting year with its pace, the last twelve months, and earlier years as far as
the log reaches. Each counted number carries data-indicator, data-period and data-value for other programs.

views     the page              figures   numbers of the computed indicators, from one query
words     targets, values, pace and trends in words
"""
