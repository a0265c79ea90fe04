"""Service requests: what customers ask the office for, what is answered, and what comes of it.

Owns requests, their kinds (an extra, another plan, an end, a hold or a skip where the office wants to be asked, a
problem), their states and the messages about them. The schedule itself is changed by scheduling's verbs, which this
package calls. May import scheduling and everything below it.
"""
