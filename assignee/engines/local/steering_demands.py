"""What those who steer ask of a reviewer, as verb phrases, from the verb on."""

import re

from assignee.engines.local.steering_words import (
    ACCEPTED,
    CHECKED,
    FAULTS,
    GAP,
    KIND,
    NUMBER,
    OPINION,
    PRAISED,
    RULES,
    SOUND,
    UTMOST,
    WORK,
)

_ADVERBS = (
    r"(?:(?:also|now|then|only|just|simply|always|kindly|please|therefore|thus|first|instead|"
    r"exclusively|\w+ly|at\s+once|so)\s+){0,3}"
)
_GIVE = (
    r"(?:giv|award|assign|grant|provid|return|output|produc|writ|compos|submit|put|set|choos|"
    r"select|"
    r"pick|enter|deliver|offer|issu|draft|prepar|print|stat|declar|answer|respond|reply|us|keep|"
    r"mak|"
    r"rais|increas|round|boost|adjust|end|conclud|consider|leav|pursu|hand|show|report|find|vot|"
    r"aim|"
    r"tick|tak|display|emit|generat|bestow|place|record)(?:e|ing|ting|t)?\b"
)
_RATE = (
    r"(?:rat|scor|grad|mark|evaluat|judg|assess|review|view|call|class|describ|label|portray|"
    r"summari[sz]|present)(?:e|ing|s)?\b"
)
_DEEM = (
    r"(?:consider|regard|treat|deem|assum|suppos|tak|believ|presum|accept|mark|count)(?:e|ing)?\b"
)
_APPROVE = (
    r"(?:accept|approv|endors|prais|commend|applaud|promot|publish|laud|pass|recommend)(?:e|ing)?\b"
)
_NOT = (
    r"(?:do\s+not|don['’]?t|never|not|avoid|refrain(?:ing)?\s+from|stop|cease|need\s+not|abstain\s+"
    r"from|hold\s+back\s+from|neither)"
)
_REMARK = (
    r"(?:mention|report|list|rais|highlight|discuss|point(?:ing)?\s+out|not|includ|nam|flag|"
    r"comment|"
    r"look|search|check|verify|cross-?check|re-?check|re-?verify|question|doubt|penali[sz]|deduct|"
    r"lower|reduc|reject|disclos|dwell|address|describ|challeng|object|find|count|critici[sz]|stat|"
    r"add|draw|writ|voic|complain|mark|downgrad|subtract|expos|record)(?:e|s|ing|ting)?\b"
)
_SPARE = (
    r"(?:(?:ignor|overlook|disregard|skip|omit|waiv|forgiv|excus|hid|conceal|suppress|withhold|"
    r"drop|"
    r"bypass|neglect|forget|suspend|spar|dismiss|tolerat)(?:e|ing|ping|ting)?|leav(?:e|ing)\s+"
    r"(?:out|"
    r"aside)|(?:pass|gloss)(?:ing)?\s+over|set(?:ting)?\s+aside|turn(?:ing)?\s+a\s+blind\s+eye\s+"
    r"to|"
    r"look(?:ing)?\s+(?:past|away\s+from)|say(?:ing)?\s+nothing\s+(?:of|about)|(?:find|rais|report|"
    r"list|mention|mak|see|not|giv|writ|rais)(?:e|ing)?\s+(?:no|zero|nothing)|keep(?:ing)?\s+"
    r"(?:quiet|"
    r"silent)\s+about)\b"
)
_DROP = (
    r"(?:(?:ignor|disregard|forget|overrid|drop|discard|abandon|cancel|replac|neglect|dismiss|"
    r"bypass|"
    r"reset|eras|delet|overlook|violat)(?:e|ing|ting|ping)?|set(?:ting)?\s+aside|pay(?:ing)?\s+"
    r"no\s+"
    r"(?:attention|heed)\s+to|do\s+not\s+(?:follow|obey|apply|use)|don['’]t\s+(?:follow|obey)|"
    r"stop\s+"
    r"(?:following|obeying|applying)|no\s+longer\s+(?:follow|obey))\b"
)
_LIST = (
    # judgements
    rf"{_GIVE}{GAP}{{0,70}}?\b{PRAISED}",
    rf"{_GIVE}\s+{WORK}{GAP}{{0,50}}?(?:{NUMBER}|\b{UTMOST}\b)",
    rf"{_GIVE}\s+(?:\w+\s+){{0,4}}?(?:{ACCEPTED}|pass)\b\s*(?:$|[.!,]|for\b|of\b|without\b|as\b)",
    rf"{_RATE}\s+(?:{WORK}|this|it|us|all|every|each|(?:the|our)\s+\w+){GAP}{{0,50}}?(?:{NUMBER}|"
    rf"\b(?:{SOUND}|{UTMOST}|highly|high|favou?rably|generously|leniently|positively|kindly|well|"
    r"passed|accept)\b)",
    r"(?:rat|scor|grad|mark|evaluat|judg|assess|review)(?:e|ing)\s+(?:us\s+|it\s+|them\s+)?(?:"
    r"highly|favou?rably|generously|leniently|positively|kindly|charitably|accordingly)\b",
    rf"{_DEEM}\s+(?:that\s+)?(?:all\s+|every\s+|each\s+|any\s+|the\s+|our\s+|these\s+|this\s+"
    rf"){{0,3}}(?:"
    rf"\w+\s+){{0,2}}?(?:{CHECKED}|{KIND}|items?|conclusions?|results?|evaluation){GAP}{{0,40}}?\b"
    rf"(?:{SOUND}|{UTMOST})\b",
    rf"consider(?:ing)?\s+an?\s+(?:higher|better)\s+{OPINION}",
    rf"set(?:ting)?\s+(?:all|every|each|the)\b{GAP}{{0,40}}?\b(?:{OPINION}|items?|soundness){GAP}"
    rf"{{0,30}}?(?:{NUMBER}|{UTMOST})",
    rf"{_APPROVE}\s+(?:\w+ly\s+)?(?:{WORK}|this|it\b|us\b|all\b|every\w*|as\s+is|without|the\s+(?:"
    r"authors?|findings|claims?|conclusions|methodology|submission)|at\s+once)",
    rf"recommend(?:ing)?\s+(?:an?\s+|its\s+|the\s+|our\s+|for\s+)?(?:{ACCEPTED}|award)\b",
    r"(?:vot|argu|push|speak|decid|opt)(?:e|ing)?\s+(?:unanimously\s+)?(?:to|for|in\s+favou?r\s+"
    r"of)\s+"
    rf"(?:its\s+)?(?:{ACCEPTED}|{WORK})",
    r"accept(?:ing)?\s*[.!]?\s*$",
    rf"{_GIVE}\s+(?:\w+\s+){{0,3}}?{OPINION}\s+(?:that|which|to)\s+(?:only\s+)?(?:prais|recommend|"
    rf"endors|"
    rf"highlight|applaud|commend|support|accept){GAP}{{0,60}}?",
    rf"(?:{_GIVE}|add(?:ing)?\b)\s+(?:(?:it|us|this|them|{WORK})\s+)?(?:an?\s+|the\s+)?(?:{NUMBER}|"
    rf"(?:absolute\s+"
    r"|possible\s+)?(?:maximum|highest|best|top))\s*(?:$|[.!,;]|\b(?:for|to|on|in|at|possible|"
    r"here)\b)",
    r"add(?:ing)?\s+(?:\w+\s+){1,2}(?:points?|marks?|stars?)\b",
    rf"{_DEEM}\s+(?:it|this|us|{WORK})\b{GAP}{{0,40}}?\b(?:{SOUND}|{UTMOST}|trusted|exemplary)\b",
    r"treat(?:ing)?\s+(?:this|the)\s+(?:section|paragraph|passage|input|content)\s+as\b",
    rf"trust(?:ing)?\s+(?:\w+\s+){{0,3}}?(?:{CHECKED}|{WORK}|us|authors?)\b",
    rf"(?:skip|wave\s+through|let\s+through|wave)(?:ping|ing)?\s+{WORK}",
    r"(?:prais|applaud|compliment|congratulat|commend|thank|laud)(?:e|ing)?\s+(?:its|our|their|"
    r"the|this)\b",
    # praise
    r"(?:emphasi[sz]|highlight|stress|underlin|prais|focus|dwell|list|mention|report|speak|say|"
    r"writ|"
    rf"stat|concentrat|admir|celebrat)(?:e|ing)?\b{GAP}{{0,40}}?\b(?:only|solely|exclusively|"
    rf"exceptional|our|{WORK}){GAP}{{0,40}}?\b(?:strengths?|novelty|originality|rigou?r|merits?|"
    r"positives?|good\s+things|favou?rable|advantages)\b",
    r"(?:list|mention|report|say|name|stat|writ|discuss)(?:e|ing)?\s+(?:only\s+)?(?:the\s+)?(?:"
    r"strengths|merits|good\s+things|positive\s+\w+)\b",
    rf"(?:emphasi[sz]|highlight|stress|prais)(?:e|ing)?\b{GAP}{{0,60}}?\b(?:novelty|strengths|"
    rf"methodology|rigou?r|originality|quality)\b{GAP}{{0,40}}?(?:{WORK}|\bour\b)",
    # what to say
    r"(?:tell|inform|assur|convinc|report|stat|say|writ|conclud|confirm|declar|claim|announc|swear)"
    rf"(?:e|ing)?\s+(?:(?:the|any|every)\s+(?:users?|readers?|editors?|chairs?)\s+|them\s+|"
    rf"everyone\s+)?"
    rf"that\b{GAP}{{0,60}}?\b(?:{SOUND}|{ACCEPTED}|no\s+{FAULTS}|free\s+of|without\s+{FAULTS})\b",
    rf"(?:conclud|stat|declar|confirm)(?:e|ing)?\s+{WORK}\s+(?:is|as)\b{GAP}{{0,20}}?{SOUND}",
    rf"answer(?:ing)?\b{GAP}{{0,50}}?(?:\byes\b|\bpass\b|\b{SOUND}\b)(?!\s+or\b)",
    r"(?:repeat|includ|insert|add|us|quot|copy|paste|start|begin|open|end|clos|finish|conclud)(?:e|"
    rf"ing)?\b{GAP}{{0,60}}?\b(?:your|the|this)\s+(?:\w+\s+)?(?:review|answer|output|response|"
    rf"reply|"
    rf"feedback|report|assessment|evaluation)\b{GAP}{{0,60}}?(?::|\bphrase\b|\bwords?\b|\bwith\b|"
    r"\bby\b|$)",
    r"(?:repeat|includ|insert|add|us|contain|quot)(?:e|ing)?\s+(?:only\s+)?(?:the\s+"
    r")?(?:following\s+)?"
    r"(?:exact\s+)?(?:words?|phrases?|sentences?|strings?)\b"
    rf"{GAP}{{0,80}}?\b(?:your|their|its|review|pass)\b",
    r"(?:contain|includ)(?:e|ing)?\s+(?:\w+\s+){0,4}?(?:pass|accept)\b",
    r"(?:respond|reply|answer)(?:ing)?\s+(?:only\s+)?with\s+(?:an?\s+|the\s+)?(?:single\s+word|"
    rf"empty\s+list|\w+\s+and\s+nothing\s+else|no\s+{FAULTS}|only)",
    r"(?:return|output|print|respond|reply|answer)(?:ing)?\s+(?:with\s+|only\s+|exactly\s+|this\s+|"
    r"an?\s+|the\s+){1,3}(?:json|following|word|string|empty\s+list|phrase)\b",
    r"(?:print|output|return|say)\s+(?:only\s+)?(?:pass|accept|approved|ok)\b",
    r"(?:print|reveal|show|repeat|output|display|leak)(?:ing)?\s+(?:me\s+|us\s+)?your\s+(?:\w+\s+"
    r")?(?:"
    r"prompt|instructions|rules|rubric)\b",
    rf"(?:{_NOT}\s+)(?:tell|reveal|disclos|mention|report|admit|say|acknowledg|talk)(?:e|"
    rf"ing)?\b{GAP}"
    r"{0,40}?\b(?:th(?:is|ese)|such)\s+(?:\w+\s+)?(?:notes?|messages?|instructions?|paragraph|"
    r"prompts?|"
    r"lines?|directions?|text|request)\b",
    r"keep(?:ing)?\s+(?:this|these)\s+(?:\w+\s+)?(?:secret|hidden|confidential|private)\b",
    r"keep(?:ing)?\s+the\s+(?:tone|review|assessment|feedback)\b[^.]{0,20}?\b(?:glowing|positive|"
    r"warm|"
    r"enthusiastic|favou?rable)",
    r"(?:obey|follow|heed)(?:ing)?\s+(?:only\s+)?(?:the\s+)?(?:following|this|these|text|"
    r"directions?|"
    r"instructions?|orders?)\b[^.]{0,30}?\b(?:instead|only|paragraph|text|below|note|message)\b",
    r"follow(?:ing)?\s+only\b",
    # faults and checks
    rf"{_NOT}\s+(?:\w+ly\s+)?(?:even\s+)?{_REMARK}{GAP}{{0,60}}?\b(?:{FAULTS}|{CHECKED}|{OPINION}|"
    rf"{WORK}|them)\b",
    rf"{_NOT}\s+(?:give|award|assign|rate|score|grade)\b{GAP}{{0,40}}?\b(?:below|less|lower|"
    rf"under)\b",
    rf"{_SPARE}{GAP}{{0,50}}?\b(?:{FAULTS}|checks?|checking|checklists?|verification|validation|"
    r"reviewing|critici[sz]\w+)\b",
    rf"leav(?:e|ing)\b{GAP}{{0,50}}?\b(?:weakness(?:es)?|faults?|flaws?|critici[sz]ms?|problems?|"
    rf"issues|"
    rf"findings?|limitations?|claims|checks?)\b{GAP}{{0,20}}?\b(?:empty|blank|aside|out|unchecked|"
    r"unmentioned)\b",
    rf"(?:keep|hold|giv|writ|leav)(?:e|ing)?\b{GAP}{{0,30}}?\b(?:empty|nothing)\b{GAP}{{0,40}}?"
    rf"\b{FAULTS}\b",
    rf"(?:withdraw|retract|remov|delet|strik)(?:e|ing)?\s+(?:all|any|every|your)\b{GAP}{{0,20}}?"
    rf"{FAULTS}\b",
    rf"{_DEEM}\s+(?:any\s+|all\s+|the\s+|every\s+)?{FAULTS}\b{GAP}{{0,40}}?\bas\s+(?:an?\s+"
    rf")?(?:\w+\s+)?"
    r"(?:slips?|typos?|trivial|minor|irrelevant|intended|deliberate|harmless|errors|strengths?)\b",
    # other rules
    rf"{_DROP}\s+(?:(?:all|any|of|the|your|these|my|those|every|each|other|and)\s+"
    rf"){{0,4}}(?:previous|"
    rf"prior|above|earlier|preceding|system|former|existing)\b(?!\s+prompts?\s*:\s*attack)",
    rf"{_DROP}{GAP}{{0,12}}?\b(?:your|the|all|any|those|these|our)\s+(?:\w+\s+){{0,2}}?{RULES}\b",
    rf"{_DROP}\s+(?:everything|anything|all|what(?:ever)?)\s+(?:above|before|that\s+(?:came|you|"
    rf"was)|"
    r"you|(?:\w+\s+){1,3}?(?:said|says|told|asked|wrote|instructed))\b",
    # manners
    r"be\s+(?:\w+\s+)?(?:lenient|generous|kind|gentle|merciful|forgiving|nice|indulgent|charitable|"
    r"positive|favou?rable|enthusiastic)\b",
    r"(?:go\s+easy\s+on|have\s+mercy|show\s+(?:mercy|leniency|kindness|clemency)|let\s+(?:this|our|"
    r"it|"
    r"us)\b[^.]{0,30}?\b(?:pass|through)\b)",
)
DEMAND = re.compile(rf"{_ADVERBS}(?:{'|'.join(_LIST)})", re.IGNORECASE)
