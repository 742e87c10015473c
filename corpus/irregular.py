"""Forms of English words that no ending tells: *drew* is *draw*, *children* are a *child*.

Forms that are words of their own as well (*found*, *left*, *saw*, *ground*) are left out: what they mean only a sentence tells.
"""

from __future__ import annotations

_FORMS = """
arise arose arisen, awake awoke awoken, become became, begin began begun, bend bent, bite bitten, bleed bled, blow blew blown,
break broke broken, breed bred, bring brought, build built, burn burnt, buy bought, catch caught, choose chose chosen, cling
clung, come came, creep crept, deal dealt, dig dug, dive dove, draw drew drawn, drink drank drunk, drive drove driven, dwell
dwelt, eat ate eaten, fall fallen, feed fed, fight fought, flee fled, fly flew flown, forbid forbade forbidden, foresee foresaw
foreseen, forget forgot forgotten, forgive forgave forgiven, freeze froze frozen, get got gotten, give gave given, go went gone,
grow grew grown, hang hung, hear heard, hide hid hidden, hold held, keep kept, know knew known, lead led, learn learnt, lend lent,
lose lost, make made, mean meant, meet met, mistake mistook mistaken, outgrow outgrew outgrown, overcome overcame, override
overrode overridden, overrun overran, oversee oversaw overseen, overtake overtook overtaken, overwrite overwrote overwritten, pay
paid, prove proven, rebuild rebuilt, redo redid redone, repay repaid, resell resold, rewrite rewrote rewritten, ride rode ridden,
ring rang rung, rise risen, run ran, say said, see seen, seek sought, sell sold, send sent, shake shook shaken, shine shone, show
shown, shrink shrank shrunk, sing sang sung, sink sank sunk, sit sat, sleep slept, slide slid, speak spoken, speed sped, spend
spent, spin spun, stand stood, steal stole stolen, stick stuck, sting stung, strike struck, strive strove striven, swear
swore sworn, sweep swept, swell swollen, swim swam swum, swing swung, take took taken, teach taught, tear torn, tell told,
throw threw thrown, undergo underwent undergone, understand understood, undertake undertook undertaken, undo undid undone, uphold
upheld, wake woke woken, wear wore worn, weave wove woven, weep wept, win won, withdraw withdrew withdrawn, withhold withheld,
withstand withstood, wring wrung, write wrote written, child children, criterion criteria, crisis crises, foot feet, goose geese,
half halves, hypothesis hypotheses, index indices, knife knives, life lives, loaf loaves, man men, matrix matrices, mouse mice, ox
oxen, phenomenon phenomena, schema schemata, shelf shelves, thesis theses, thief thieves, tooth teeth, vertex vertices, wife
wives, wolf wolves, woman women
"""

BASE: dict[str, str] = {form: base for line in _FORMS.split(",") for base, *forms in [line.split()] for form in forms}
"""Form -> the word it is a form of, in lower case."""
