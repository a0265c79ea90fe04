"""The staff's pages: what the office sees and does, in the browser.

Owns no table. Acts through the verbs below, as `askers.member_of`; reaches rows in the scope of the business one works
for. May import ui, web and every capability; never portal or api.
"""
