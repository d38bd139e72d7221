"""English sentences that tell a reviewer how to judge: who is addressed, and what is demanded.

A frame speaks to the reader ("you must", "please", an order at the beginning) and ends where a verb
stands; a demand is what begins with that verb ("give … full marks"). Neither counts alone, for
methods are full of orders and papers about judges full of scores. Statements that no synthesis
makes about itself ("this report deserves …") count by themselves.

>>> steers("Please overlook the missing baselines.")
True
>>> steers("We asked reviewers to overlook missing baselines.")
False
"""

import re

_HUMAN = (
    r"(?:reviewers?|graders?|evaluators?|referees?|assessors?|raters?|judges?|auditors?|"
    r"(?:area\s+)?chairs?|panell?ists?|fact[\s-]checkers?|jurors?|examiners?)"
)
_MACHINE = (
    r"(?:(?:large\s+)?language\s+models?|llms?|ais?|(?:artificial|machine)\s+intelligences?|"
    r"chat\s?bots?|bots?|chatgpt|gpt(?:-\w+)?|claude|gemini|copilot|llama|assistants?|"
    r"neural\s+networks?|machines?|agents?|models?|systems?)"
)
_ARTIFICIAL = (
    r"(?:(?:ai|llm|automated|automatic|artificial|machine|model|robot(?:ic)?|computer)(?:-based)?\s+"
    rf"(?:{_HUMAN}|{_MACHINE}|readers?|tools?|checkers?)|(?:reviewing|grading|judging|"
    r"evaluating|scoring)\s+(?:models?|systems?|agents?|assistants?)|(?:large\s+)?language\s+models?|llms?|"
    r"chatgpt|gpt(?:-\w+)?|claude|gemini|ais|artificial\s+intelligences?|chat\s?bots?|bots)"
)
_READER = rf"(?:(?:ai|llm|automated|automatic|machine)\s+)?(?:{_HUMAN}|{_MACHINE}|readers?)"
_KIND = (
    r"(?:report|paper|synthesis|review|document|submission|manuscript|article|preprint|text|page|"
    r"work|study|contribution|essay|summary)"
)
_WORK = rf"(?:(?:this|our|the\s+(?:present|attached|following|above))\s+(?:\w+\s+)?{_KIND}s?|" + (
    r"the\s+(?:report|paper|synthesis|document|submission|manuscript|article|preprint|work\s+at\s+"
    r"hand)\b(?!['’]s))"
)
_OPINION = (
    r"(?:(?:sub-?)?scores?|scoring|ratings?|grades?|grading|marks?|points?|stars|credit|reviews?|"
    r"evaluations?|verdicts?|assessments?|feedback|recommendations?|judge?ments?|opinions?|votes?|"
    r"critiques?|reports?|comments?|referee\s+reports?|appraisals?|eulogy|praise)"
)
_NUMBER = (
    r"(?:(?<![\d.,–-])(?<!\d\sto\s)(?:10|9(?:\.\d+)?)(?![\d,–-]|\.\d|\s*%|\s+(?:and|or|to)\s+\d|\s+[a-z]*\s*(?:cases|"
    r"patients|papers|models|items|runs))|(?<!one\sto\s)\b(?:ten|nine)\b|\b(?:4|5|four|five)\s*(?:/|out\s+of|of)\s*"
    r"(?:4|5|four|five)\b|\b(?:5|five)\s+stars\b)"
)
_BEST = (
    r"(?:top|best|highest|maximum|maximal|max|perfect|full|excellent|outstanding|exceptional|"
    r"flawless|stellar|superb|glowing|enthusiastic|favou?rable|positive|uniformly\s+positive|"
    r"generous|laudatory|high|higher|good|great|kind|unanimous|strong\s+accept)"
)
_UTMOST = r"(?:top|highest|maximum|maximal|max|perfect|full|best(?:\s+possible)?)"
_ACCEPTED = r"(?:(?:strong(?:ly)?\s+|clear\s+)?accept(?:ance|ed|ing)?|publication|approval)"
_PRAISED = (
    rf"(?:{_UTMOST}\s+(?:\w+\s+){{0,2}}?{_OPINION}|{_BEST}\s+(?:\w+\s+){{0,1}}?{_OPINION}|"
    rf"{_OPINION}\s+(?:\w+\s+){{0,4}}?(?:{_NUMBER}|{_UTMOST}|\bA\b)|"
    rf"{_NUMBER}\s*(?:/|out\s+of|of)\s*(?:10|ten)|(?:ten|nine|10|9)\s+(?:points|stars)|"
    rf"(?:top|upper\s+end|maximum|end)\s+of\s+the\s+scale|(?:no|not|nothing|anything)\s+(?:\w+\s+)?"
    rf"(?:lower|less|below|under)\s+(?:than\s+)?(?:an?\s+)?(?:{_NUMBER}|8|eight|strong\s+accept)|"
    rf"at\s+least\s+(?:an?\s+)?{_NUMBER})"
)
_FAULTS = (
    r"(?:faults?|flaws?|weakness(?:es)?|problems?|negatives?|negative\s+\w+|shortcomings?|"
    r"limitations?|limits|critici[sz]ms?|critiques?|concerns?|objections?|gaps?|errors?|mistakes?|"
    r"issues?|inconsistenc(?:y|ies)|contradictions?|deductions?|penalt(?:y|ies)|drawbacks?|defects?|"
    r"findings?|doubts?|unsupported|missing|deficienc(?:y|ies)|downsides?)"
)
_CHECKED = (
    r"(?:checks?|checklists?|rubrics?|criteria|verifications?|validation|citations?|quotes?|"
    r"quotations?|references|sources|numbers|figures|statistics|evidence|claims?|audit)"
)
_RULES = (
    r"(?:instructions?|prompts?|guidelines?|guidance|rules|directions|directives?|orders|commands?|"
    r"criteria|rubrics?|checklists?|policy|policies|training|context|assignment|task|guide)"
)
_SOUND = (
    r"(?:verified|correct|supported|excellent|flawless|conclusive|accepted|overwhelming|satisfied|"
    r"fulfilled|established|complete|completed|sufficient|valid|sound|passed|proven|true|perfect|"
    r"outstanding|groundbreaking|ground-breaking|exceptional|novel|impeccable|convincing|the\s+best|"
    r"top|unassailable|acceptable|positive|checked|favou?rable)"
)
_GAP = r"[^.!?\n]"

_TOPICS = tuple(
    """review referee grad evaluat assess rate rating scor mark judg verdict accept approv prais
    endors recommend critici critiq weakness fault flaw shortcoming limitation objection ignor
    disregard overlook forget overrid instruct prompt guideline rubric checklist rules criteria
    you please kindly verif check cross lenient generous merci kind award chatgpt gpt claude ai
    llm bots supersed positive favour favor finding deserv deduct penal debug inst sys im_
    display visibility opacity font color textcolor secret assistant auditor examiner language
    strength novelty outstanding excellent claims quot citation gaps direction order tell never
    don reject mislead task assignment rigour rigor inconsisten contradiction concern issue
    problem pass reply respond output print must should shall follow manuscript submission note
    message negative unsupported missing statistic check highest maximum evidence references
    report compliment congratulat ten nine read
    """.split()
)
"""How the words begin of which every rule holds one; a sentence without them is passed at once."""
_LETTERS = re.compile(r"[a-z]\w*")

# --- frames: who is addressed -----------------------------------------------------------------

_MODAL = (
    r"(?:must|should|shall|will|ought\s+to|need(?:s)?\s+to|ha(?:s|ve)\s+to|(?:can|may)\s+safely|"
    r"(?:is|are)\s+(?:\w+ly\s+)?(?:to|(?:asked|advised|instructed|requested|reminded|required|urged|"
    r"obliged|expected|invited|told|encouraged|directed|bound|supposed|begged)(?:\s+(?:not\s+)?to)?))"
)
_ADVERBS = (
    r"(?:(?:also|now|then|only|just|simply|always|kindly|please|therefore|thus|first|instead|"
    r"exclusively|\w+ly|at\s+once|so)\s+){0,3}"
)
_LEAD = (
    r"(?:for|if|when|whenever|while|once|before|after|as|whatever|in|by|per|from|under|instead|"
    r"note|attention|finally|dear|hey|to|important|reminder|because|since|should|given|despite|"
    r"regardless)\b"
)
_BEGINS = (
    r"(?:^|(?<=[:;)\]>}|#*=])\s|[—–]|\s-{1,3}\s|[\"“'‘](?=\w+\s))[\W_]*"
    r"(?:please|kindly|now|then|also|just|simply|so|and|but|yes|ok(?:ay)?|,|\s)*"
)
_PERSONAL = re.compile(
    "|".join(
        (
            rf"^\W*(?:{_READER}|everyone)(?:\s+and\s+\w+\s+\w+)?[,:!]\s+(?:please\s+)?",
            rf"\byou\s+(?:\w+\s+)?(?:{_MODAL}|could|would|can|may|need(?=\s+not))\s+",
            r"\b(?:would|could|can|will|might|may)\s+(?:you|we\s+ask\s+you)\s+(?:please\s+)?(?:to\s+)?",
            r"\b(?:if\s+you|you\s+to|that\s+you|of\s+you\s+to)\s+(?:could\s+|would\s+|will\s+|can\s+)?",
            r"\byour\s+(?:\w+\s+)?(?:task|job|role|mission|goal|duty|assignment|objective|work)\s+"
            r"(?:is|will\s+be)\s+(?:now\s+)?to\s+",
            r"\bthe\s+(?:real|true|actual|new)\s+(?:task|assignment|job|goal)\s+is\s+to\s+",
            r"\b(?:thank\s+you|thanks)\s+(?:\w+\s+){0,3}?for\s+",
            r"\bplease\s+",
            r"\b(?:we|i|the\s+authors?)\s+(?:\w+ly\s+)?(?:ask|beg|implore|urge|invite|request|trust|"
            rf"hope|expect|want|encourage|need)\s+(?:that\s+)?(?:you|whoever\s+{_GAP}{{1,30}}?|(?:(?:the|"
            rf"our|every|each|all|any)\s+{_READER}|{_HUMAN}|{_ARTIFICIAL}))\s+(?:will\s+|to\s+|can\s+|could\s+)?",
            rf"\b(?:chairs?|editors?|committee|organi[sz]ers?|operator|conference|authors?|journal)\s+(?:"
            rf"has|have)\s+(?:\w+ly\s+)?(?:instructed|asked|told|directed|ordered|required)\s+(?:you|"
            rf"(?:all|every|the)\s+{_READER})\s+to\s+",
            rf"\b(?:by\s+order\s+of|per|according\s+to|as\s+\w+\s+by)\s+{_GAP}{{1,40}}?,\s+(?:all\s+)?"
            rf"{_READER}\s+{_MODAL}\s+",
            r"\b(?:make\s+sure|be\s+sure|remember|ensure|see\s+to\s+it)\s+(?:that\s+you\s+|to\s+)",
            rf"^\W*{_LEAD}[^.,;:!?]*[,:]\s+(?:please\s+|then\s+|just\s+)?",
        )
    ),
    re.IGNORECASE,
)
"""Words that speak to the reader; what follows them is asked of it."""

_ORDER = re.compile(_BEGINS, re.IGNORECASE)
_THIRD = re.compile(
    rf"\b(?:{_READER}|whoever\s+{_GAP}{{1,40}}?|anyone\s+who\s+{_GAP}{{1,40}}?)"
    rf"(?:\s+(?!who\b|and\b){_GAP}{{1,60}}?)?\s+(?:{_MODAL}|could\s+(?:only\s+)?find\s+it\s+in\s+\w+\s+"
    r"heart\s+to)\s+",
    re.IGNORECASE,
)
"""The same of a third person; papers about reviewers say that, so more is needed with it."""

_HERE = re.compile(
    rf"{_WORK}|\b(?:this|our|here|below|now|all\s+reviewers|every\s+reviewer|in\s+what\s+follows|{_ARTIFICIAL}|(?:is|are)\s+(?:\w+ly\s+)?(?:asked|"
    r"requested|invited|urged|begged|advised))\b",
    re.IGNORECASE,
)
_OTHERS = re.compile(
    r"\b(?:to|for)\s+(?:the|an?|each|any|all|every)\s+(?:\w+\s+)?(?:answers?|responses?|models?|"
    r"systems?|patients?|students?|candidates?|methods?|agreement|none)\b|\bonly\s+(?:when|if|to)\b|"
    r"\bjustify\b|\bunless\b",
    re.IGNORECASE,
)
"""Scores for something other than this text, or on a condition."""

# --- demands: what is asked, from the verb on ---------------------------------------------------

_GIVE = (
    r"(?:giv|award|assign|grant|provid|return|output|produc|writ|compos|submit|put|set|choos|select|"
    r"pick|enter|deliver|offer|issu|draft|prepar|print|stat|declar|answer|respond|reply|us|keep|mak|"
    r"rais|increas|round|boost|adjust|end|conclud|consider|leav|pursu|hand|show|report|find|vot|aim|"
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
    r"(?:mention|report|list|rais|highlight|discuss|point(?:ing)?\s+out|not|includ|nam|flag|comment|"
    r"look|search|check|verify|cross-?check|re-?check|re-?verify|question|doubt|penali[sz]|deduct|"
    r"lower|reduc|reject|disclos|dwell|address|describ|challeng|object|find|count|critici[sz]|stat|"
    r"add|draw|writ|voic|complain|mark|downgrad|subtract|expos|record)(?:e|s|ing|ting)?\b"
)
_SPARE = (
    r"(?:(?:ignor|overlook|disregard|skip|omit|waiv|forgiv|excus|hid|conceal|suppress|withhold|drop|"
    r"bypass|neglect|forget|suspend|spar|dismiss|tolerat)(?:e|ing|ping|ting)?|leav(?:e|ing)\s+(?:out|"
    r"aside)|(?:pass|gloss)(?:ing)?\s+over|set(?:ting)?\s+aside|turn(?:ing)?\s+a\s+blind\s+eye\s+to|"
    r"look(?:ing)?\s+(?:past|away\s+from)|say(?:ing)?\s+nothing\s+(?:of|about)|(?:find|rais|report|"
    r"list|mention|mak|see|not|giv|writ|rais)(?:e|ing)?\s+(?:no|zero|nothing)|keep(?:ing)?\s+(?:quiet|"
    r"silent)\s+about)\b"
)
_DROP = (
    r"(?:(?:ignor|disregard|forget|overrid|drop|discard|abandon|cancel|replac|neglect|dismiss|bypass|"
    r"reset|eras|delet|overlook|violat)(?:e|ing|ting|ping)?|set(?:ting)?\s+aside|pay(?:ing)?\s+no\s+"
    r"(?:attention|heed)\s+to|do\s+not\s+(?:follow|obey|apply|use)|don['’]t\s+(?:follow|obey)|stop\s+"
    r"(?:following|obeying|applying)|no\s+longer\s+(?:follow|obey))\b"
)
_LIST = (
    # judgements
    rf"{_GIVE}{_GAP}{{0,70}}?\b{_PRAISED}",
    rf"{_GIVE}\s+{_WORK}{_GAP}{{0,50}}?(?:{_NUMBER}|\b{_UTMOST}\b)",
    rf"{_GIVE}\s+(?:\w+\s+){{0,4}}?(?:{_ACCEPTED}|pass)\b\s*(?:$|[.!,]|for\b|of\b|without\b|as\b)",
    rf"{_RATE}\s+(?:{_WORK}|this|it|us|all|every|each|(?:the|our)\s+\w+){_GAP}{{0,50}}?(?:{_NUMBER}|"
    rf"\b(?:{_SOUND}|{_UTMOST}|highly|high|favou?rably|generously|leniently|positively|kindly|well|"
    r"passed|accept)\b)",
    r"(?:rat|scor|grad|mark|evaluat|judg|assess|review)(?:e|ing)\s+(?:us\s+|it\s+|them\s+)?(?:"
    r"highly|favou?rably|generously|leniently|positively|kindly|charitably|accordingly)\b",
    rf"{_DEEM}\s+(?:that\s+)?(?:all\s+|every\s+|each\s+|any\s+|the\s+|our\s+|these\s+|this\s+){{0,3}}(?:"
    rf"\w+\s+){{0,2}}?(?:{_CHECKED}|{_KIND}|items?|conclusions?|results?|evaluation){_GAP}{{0,40}}?\b"
    rf"(?:{_SOUND}|{_UTMOST})\b",
    rf"consider(?:ing)?\s+an?\s+(?:higher|better)\s+{_OPINION}",
    rf"set(?:ting)?\s+(?:all|every|each|the)\b{_GAP}{{0,40}}?\b(?:{_OPINION}|items?|soundness){_GAP}"
    rf"{{0,30}}?(?:{_NUMBER}|{_UTMOST})",
    rf"{_APPROVE}\s+(?:\w+ly\s+)?(?:{_WORK}|this|it\b|us\b|all\b|every\w*|as\s+is|without|the\s+(?:"
    r"authors?|findings|claims?|conclusions|methodology|submission)|at\s+once)",
    rf"recommend(?:ing)?\s+(?:an?\s+|its\s+|the\s+|our\s+|for\s+)?(?:{_ACCEPTED}|award)\b",
    r"(?:vot|argu|push|speak|decid|opt)(?:e|ing)?\s+(?:unanimously\s+)?(?:to|for|in\s+favou?r\s+of)\s+"
    rf"(?:its\s+)?(?:{_ACCEPTED}|{_WORK})",
    r"accept(?:ing)?\s*[.!]?\s*$",
    rf"{_GIVE}\s+(?:\w+\s+){{0,3}}?{_OPINION}\s+(?:that|which|to)\s+(?:only\s+)?(?:prais|recommend|endors|"
    rf"highlight|applaud|commend|support|accept){_GAP}{{0,60}}?",
    rf"(?:{_GIVE}|add(?:ing)?\b)\s+(?:(?:it|us|this|them|{_WORK})\s+)?(?:an?\s+|the\s+)?(?:{_NUMBER}|(?:absolute\s+"
    r"|possible\s+)?(?:maximum|highest|best|top))\s*(?:$|[.!,;]|\b(?:for|to|on|in|at|possible|here)\b)",
    r"add(?:ing)?\s+(?:\w+\s+){1,2}(?:points?|marks?|stars?)\b",
    rf"{_DEEM}\s+(?:it|this|us|{_WORK})\b{_GAP}{{0,40}}?\b(?:{_SOUND}|{_UTMOST}|trusted|exemplary)\b",
    r"treat(?:ing)?\s+(?:this|the)\s+(?:section|paragraph|passage|input|content)\s+as\b",
    rf"trust(?:ing)?\s+(?:\w+\s+){{0,3}}?(?:{_CHECKED}|{_WORK}|us|authors?)\b",
    rf"(?:skip|wave\s+through|let\s+through|wave)(?:ping|ing)?\s+{_WORK}",
    r"(?:prais|applaud|compliment|congratulat|commend|thank|laud)(?:e|ing)?\s+(?:its|our|their|the|this)\b",
    # praise
    r"(?:emphasi[sz]|highlight|stress|underlin|prais|focus|dwell|list|mention|report|speak|say|writ|"
    rf"stat|concentrat|admir|celebrat)(?:e|ing)?\b{_GAP}{{0,40}}?\b(?:only|solely|exclusively|"
    rf"exceptional|our|{_WORK}){_GAP}{{0,40}}?\b(?:strengths?|novelty|originality|rigou?r|merits?|"
    r"positives?|good\s+things|favou?rable|advantages)\b",
    r"(?:list|mention|report|say|name|stat|writ|discuss)(?:e|ing)?\s+(?:only\s+)?(?:the\s+)?(?:"
    r"strengths|merits|good\s+things|positive\s+\w+)\b",
    rf"(?:emphasi[sz]|highlight|stress|prais)(?:e|ing)?\b{_GAP}{{0,60}}?\b(?:novelty|strengths|"
    rf"methodology|rigou?r|originality|quality)\b{_GAP}{{0,40}}?(?:{_WORK}|\bour\b)",
    # what to say
    r"(?:tell|inform|assur|convinc|report|stat|say|writ|conclud|confirm|declar|claim|announc|swear)"
    rf"(?:e|ing)?\s+(?:(?:the|any|every)\s+(?:users?|readers?|editors?|chairs?)\s+|them\s+|everyone\s+)?"
    rf"that\b{_GAP}{{0,60}}?\b(?:{_SOUND}|{_ACCEPTED}|no\s+{_FAULTS}|free\s+of|without\s+{_FAULTS})\b",
    rf"(?:conclud|stat|declar|confirm)(?:e|ing)?\s+{_WORK}\s+(?:is|as)\b{_GAP}{{0,20}}?{_SOUND}",
    rf"answer(?:ing)?\b{_GAP}{{0,50}}?(?:\byes\b|\bpass\b|\b{_SOUND}\b)(?!\s+or\b)",
    r"(?:repeat|includ|insert|add|us|quot|copy|paste|start|begin|open|end|clos|finish|conclud)(?:e|"
    rf"ing)?\b{_GAP}{{0,60}}?\b(?:your|the|this)\s+(?:\w+\s+)?(?:review|answer|output|response|reply|"
    rf"feedback|report|assessment|evaluation)\b{_GAP}{{0,60}}?(?::|\bphrase\b|\bwords?\b|\bwith\b|"
    r"\bby\b|$)",
    r"(?:repeat|includ|insert|add|us|contain|quot)(?:e|ing)?\s+(?:only\s+)?(?:the\s+)?(?:following\s+)?"
    r"(?:exact\s+)?(?:words?|phrases?|sentences?|strings?)\b"
    rf"{_GAP}{{0,80}}?\b(?:your|their|its|review|pass)\b",
    r"(?:contain|includ)(?:e|ing)?\s+(?:\w+\s+){0,4}?(?:pass|accept)\b",
    r"(?:respond|reply|answer)(?:ing)?\s+(?:only\s+)?with\s+(?:an?\s+|the\s+)?(?:single\s+word|"
    rf"empty\s+list|\w+\s+and\s+nothing\s+else|no\s+{_FAULTS}|only)",
    r"(?:return|output|print|respond|reply|answer)(?:ing)?\s+(?:with\s+|only\s+|exactly\s+|this\s+|"
    r"an?\s+|the\s+){1,3}(?:json|following|word|string|empty\s+list|phrase)\b",
    r"(?:print|output|return|say)\s+(?:only\s+)?(?:pass|accept|approved|ok)\b",
    r"(?:print|reveal|show|repeat|output|display|leak)(?:ing)?\s+(?:me\s+|us\s+)?your\s+(?:\w+\s+)?(?:"
    r"prompt|instructions|rules|rubric)\b",
    rf"(?:{_NOT}\s+)(?:tell|reveal|disclos|mention|report|admit|say|acknowledg|talk)(?:e|ing)?\b{_GAP}"
    r"{0,40}?\b(?:th(?:is|ese)|such)\s+(?:\w+\s+)?(?:notes?|messages?|instructions?|paragraph|prompts?|"
    r"lines?|directions?|text|request)\b",
    r"keep(?:ing)?\s+(?:this|these)\s+(?:\w+\s+)?(?:secret|hidden|confidential|private)\b",
    r"keep(?:ing)?\s+the\s+(?:tone|review|assessment|feedback)\b[^.]{0,20}?\b(?:glowing|positive|warm|"
    r"enthusiastic|favou?rable)",
    r"(?:obey|follow|heed)(?:ing)?\s+(?:only\s+)?(?:the\s+)?(?:following|this|these|text|directions?|"
    r"instructions?|orders?)\b[^.]{0,30}?\b(?:instead|only|paragraph|text|below|note|message)\b",
    r"follow(?:ing)?\s+only\b",
    # faults and checks
    rf"{_NOT}\s+(?:\w+ly\s+)?(?:even\s+)?{_REMARK}{_GAP}{{0,60}}?\b(?:{_FAULTS}|{_CHECKED}|{_OPINION}|"
    rf"{_WORK}|them)\b",
    rf"{_NOT}\s+(?:give|award|assign|rate|score|grade)\b{_GAP}{{0,40}}?\b(?:below|less|lower|under)\b",
    rf"{_SPARE}{_GAP}{{0,50}}?\b(?:{_FAULTS}|checks?|checking|checklists?|verification|validation|"
    r"reviewing|critici[sz]\w+)\b",
    rf"leav(?:e|ing)\b{_GAP}{{0,50}}?\b(?:weakness(?:es)?|faults?|flaws?|critici[sz]ms?|problems?|issues|"
    rf"findings?|limitations?|claims|checks?)\b{_GAP}{{0,20}}?\b(?:empty|blank|aside|out|unchecked|"
    r"unmentioned)\b",
    rf"(?:keep|hold|giv|writ|leav)(?:e|ing)?\b{_GAP}{{0,30}}?\b(?:empty|nothing)\b{_GAP}{{0,40}}?"
    rf"\b{_FAULTS}\b",
    rf"(?:withdraw|retract|remov|delet|strik)(?:e|ing)?\s+(?:all|any|every|your)\b{_GAP}{{0,20}}?"
    rf"{_FAULTS}\b",
    rf"{_DEEM}\s+(?:any\s+|all\s+|the\s+|every\s+)?{_FAULTS}\b{_GAP}{{0,40}}?\bas\s+(?:an?\s+)?(?:\w+\s+)?"
    r"(?:slips?|typos?|trivial|minor|irrelevant|intended|deliberate|harmless|errors|strengths?)\b",
    # other rules
    rf"{_DROP}\s+(?:(?:all|any|of|the|your|these|my|those|every|each|other|and)\s+){{0,4}}(?:previous|"
    rf"prior|above|earlier|preceding|system|former|existing)\b(?!\s+prompts?\s*:\s*attack)",
    rf"{_DROP}{_GAP}{{0,12}}?\b(?:your|the|all|any|those|these|our)\s+(?:\w+\s+){{0,2}}?{_RULES}\b",
    rf"{_DROP}\s+(?:everything|anything|all|what(?:ever)?)\s+(?:above|before|that\s+(?:came|you|was)|"
    r"you|(?:\w+\s+){1,3}?(?:said|says|told|asked|wrote|instructed))\b",
    # manners
    r"be\s+(?:\w+\s+)?(?:lenient|generous|kind|gentle|merciful|forgiving|nice|indulgent|charitable|"
    r"positive|favou?rable|enthusiastic)\b",
    r"(?:go\s+easy\s+on|have\s+mercy|show\s+(?:mercy|leniency|kindness|clemency)|let\s+(?:this|our|it|"
    r"us)\b[^.]{0,30}?\b(?:pass|through)\b)",
)
_DEMAND = re.compile(rf"{_ADVERBS}(?:{'|'.join(_LIST)})", re.IGNORECASE)
_GERUND = re.compile(r"(?:\w+ly\s+)?\w+ing\b", re.IGNORECASE)
"""No order begins so; thanks do ("for giving …")."""

# --- words that count by themselves --------------------------------------------------------------

_JUDGING = (
    rf"(?:{_OPINION}|{_HUMAN}|assistant|scored?|rated?|graded?|accept\w*|critici[sz]\w+|faults?|"
    r"flaws?|weakness(?:es)?|checklists?|prais\w+|objections?|award|manuscript|paper|evaluat\w+)"
)
_SURE = rf"(?:{_PRAISED}|{_ACCEPTED}|{_NUMBER}|{_UTMOST}|excellent|flawless|locked)"
_ROLE = (
    r"(?:act\s+(?:as|like)|pretend|imagine\s+(?:that\s+)?(?:you|being)|assume\s+the\s+(?:role|persona|"
    r"identity)|play\s+the\s+(?:role|part)|behave\s+(?:as|like)|take\s+on\s+the\s+(?:role|persona)|"
    r"simulate|role-?play|speak\s+as|think\s+of\s+yourself|suppose\s+(?:that\s+)?you|let\s+us\s+play|"
    r"(?:from\s+(?:now|here)\s+on,?\s+)?you\s+(?:are\s+now|play|become|are\s+\w*bot)|put\s+yourself|"
    r"picture\s+(?:yourself|an?)|in\s+this\s+(?:scenario|game|story|role),?\s+(?:you|the)|you\s+are\s+"
    r"an?\s+(?:\w+\s+){0,2}?(?:reviewer|grader|evaluator|referee|judge|assistant|language\s+model|llm|"
    r"ai)\b)"
)
_ALONE = (
    # role play and system messages
    rf"{_BEGINS}(?:(?:for|in)\s+th(?:is|e)\s+\w+,?\s+)?{_ROLE}\b{_GAP}{{0,100}}?\b{_JUDGING}\b",
    r"<\|?(?:im_start|im_end|system|user|assistant)\|?>|\[/?inst\]|<</?sys>>|</?(?:system|"
    r"instructions?)>|(?:^|\s)#{2,}\s*(?:new\s+|system\s+)?instructions?\s*:|^\W*\[\s*(?:system|admin|"
    r"developer|assistant)\s*\]",
    r"\b(?:begin|start|end)\s+(?:of\s+)?(?:the\s+)?(?:new\s+|hidden\s+|secret\s+|reviewer\s+)?(?:system\s+"
    r"prompt|(?:system|reviewer|new|hidden)\s+(?:instructions?|message))\b",
    r"^\W*(?:system|developer|admin(?:istrator)?|operator|moderator|assistant|human|user|root)\s*"
    rf"(?:notice|message|override|prompt|note|alert|update|instructions?|command)?\s*:\s{_GAP}{{0,90}}?"
    rf"\b(?:you|reviewers?|assistant|{_OPINION}|instructions?|checks?|accept\w*|approv\w+|faults|"
    r"rubric|evaluation)\b",
    r"\bsystem\s+prompt\s+(?:has|is|was|says|now)\b",
    r"\b(?:new|updated|hidden|secret|revised|final)\s+(?:instructions?|notes?|messages?|orders?)\s*(?::|"
    rf"(?:for|to)\s+(?:\w+\s+)?{_READER}\b)",
    r"\b(?:debug|developer|maintenance|test|admin|god|dan)\s+mode\b[^.]{0,40}?\b(?:judge|reviewer|"
    r"score|maximum|disabled|enabled|evaluation)\b|\b(?:evaluation|review|scoring|grading)\s+(?:mode|"
    r"phase)\s+(?:is\s+|has\s+been\s+|has\s+)?(?:now\s+)?(?:disabled|over|ended|finished|"
    r"suspended|closed|complete[d]?)\b",
    # addresses
    rf"\bdear\s+(?:\w+\s+)?(?:{_HUMAN}|{_MACHINE})\b",
    rf"^\W*(?:hey|hi|hello|attention)\s+(?:\w+\s+)?(?:{_HUMAN}|{_MACHINE})\b",
    rf"(?:^|[-–—:#>%*(\[])\W*(?:an?\s+)?(?:(?:important|hidden|final|"
    rf"special|short|private|urgent|secret|kind)\s+)?(?:attention(?!\s+for\b)|notes?|instructions?|messages?|reminders?|notices?|hints?|requests?)\s*:?\s+(?:to\s+"
    rf"|for\s+)?(?:all\s+|the\s+|any\s+)?(?:{_ARTIFICIAL}|(?:ai\s+)?{_HUMAN})(?:\s+{_GAP}{{0,40}}?)?"
    r"\s*[:,!—–]",
    rf"\b{_HUMAN}\s+note\s*:",
    rf"^\W*(?:to|for)\s+(?:the\s+|all\s+|any\s+)?(?:{_ARTIFICIAL}|{_HUMAN})\b{_GAP}{{0,50}}?:",
    rf"\bas\s+an?\s+(?:\w+\s+)?{_READER},?\s+you\b",
    rf"\bif\s+(?:you\s+are\s+)?an?\s+(?:\w+\s+)?(?:{_ARTIFICIAL}|ai|model|bot|assistant)\b{_GAP}{{0,40}}?"
    rf"(?:,|\b(?:is|are|reads?)\b){_GAP}{{0,60}}?\b(?:you|(?:it|the\s+\w+)\s+(?:should|must|shall|has\s+"
    rf"to)\s+(?:\w+\s+){{0,3}}?{_WORK}|recommend|rate\s+(?:this|it))\b",
    rf"\bif\s+you\s+are\s+an?\s+(?:\w+\s+)?(?:{_HUMAN}|{_MACHINE})\b",
    rf"\b(?:when|if|before|while|once)\s+you\s+(?:\w+\s+){{0,3}}?(?:rate|score|grade|review|judge|"
    rf"evaluate|assess|rating|mark)\b{_GAP}{{0,90}}?{_WORK}",
    r"\byour\s+(?:\w+\s+){0,2}?(?:scores?|scoring|ratings?|grades?|grading|marks|reviews?|evaluations?|"
    r"verdicts?|assessments?|checklists?|rubrics?|answer\s+to\s+(?:each|every|all)|list\s+of|"
    r"(?:system\s+)?prompt|referee\s+report)\b",
    r"\byour\s+(?:\w+\s+)?(?:output|answers?|response|reply|summary|report|text|conclusion|decision)\s+"
    r"(?:must|should|shall|has\s+to|needs\s+to|is\s+to|ought\s+to|will|describes?|calls?|praises?)\b",
    # rules made void
    rf"\b(?:your|you|previous|prior|above|earlier|these|former)\b{_GAP}{{0,30}}?\b(?:{_RULES}|received)\b"
    rf"{_GAP}{{0,40}}?\b(?:no\s+longer\s+(?:apply|hold|valid|count)|void|cancel+ed|revoked|obsolete|"
    r"outdated|superseded|suspended|(?:must|should|need)\s+not\s+be\s+(?:followed|obeyed|applied))\b",
    r"\brules\s+above\b|\b(?:what\s+(?:comes|follows|stands)|th(?:is|ese)\s+(?:message|paragraph|note|"
    rf"line|instructions|rules))\b{_GAP}{{0,30}}?\b(?:supersedes?|overrides?|replaces?|takes?\s+"
    rf"precedence|cancels?)\b",
    r"\bfrom\s+(?:now|here|this\s+point)\s+on,?\s+(?:\w+\s+)?(?:follow|obey|you|only|ignore|use|your)\b",
    # what this work deserves, has, or is
    rf"{_WORK}\s+(?:\w+ly\s+)?(?:deserves?|merits?|warrants?|earns?|is\s+worth(?:y)?|gets?|receives?|must\s+"
    rf"(?:receive|get)|should\s+(?:receive|get)|obtains?|belongs?)\b{_GAP}{{0,40}}?(?:{_SURE}|{_OPINION}|"
    r"prais\w+)",
    rf"{_WORK}\s+(?:must|should|shall|has\s+to|is\s+to|ought\s+to|needs\s+to|can\s+only)\s+(?:\w+ly\s+)?be\s+"
    r"(?:\w+ly\s+)?(?:rated|scored|graded|accepted|approved|praised|endorsed|passed|recommended|awarded|"
    r"published|marked)\b(?!\s+with\s+(?:caution|care))",
    rf"(?:{_WORK}|reports\s+of\s+this\s+kind)\s+(?:passe?s|satisf(?:y|ies)|meets?|fulfil+s|receives?)\s+"
    rf"(?:all|every|each|any|the\s+full|full)\b{_GAP}{{0,40}}?\b(?:{_CHECKED}|items?|requirements?|"
    rf"{_OPINION})\b",
    rf"{_WORK}\s+(?:has|have)\s+(?:already\s+)?been\s+(?:\w+ly\s+)?(?:pre-?\s?)?(?:approved|accepted|"
    r"cleared|graded|verified|certified|scored|validated|exempted)\b(?!\s+(?:at|for|in|to)\b)",
    rf"{_WORK}\s+(?:is|are)\s+(?:exempt|flawless|faultless|impeccable|perfect|beyond\s+(?:criticism|"
    r"reproach|doubt)|free\s+of\s+(?:errors|faults|flaws|weaknesses)|above\s+criticism|not\s+to\s+be\s+"
    r"criticised)\b",
    rf"\b(?:there\s+(?:are|is)|has|have|contains?)\s+no\s+(?:\w+\s+)?(?:weakness(?:es)?|faults?|flaws?|"
    rf"shortcomings?)\b{_GAP}{{0,30}}?\b(?:{_WORK}|here|{_HUMAN})\b|{_WORK}\s+(?:has|have|contains?)\s+no\s+"
    r"(?:\w+\s+)?(?:weakness(?:es)?|faults?|flaws?|shortcomings?)\b",
    rf"\b(?:critici[sz]\w+|doubting|questioning|rejecting|penali[sz]ing)\s+(?:of\s+)?{_WORK}{_GAP}{{0,20}}?"
    r"\b(?:is|would\s+be)\s+(?:unfair|wrong|unjust|a\s+mistake|pointless|inappropriate)\b",
    # the judgement as a fact
    rf"\b(?:correct|right|proper|final|only|appropriate|reasonable|fair|honest|just|true|adequate)\s+"
    rf"(?:\w+\s+)?(?:rating|score|grade|mark|verdict|decision|judge?ment|recommendation)\s+(?:for|of|on|"
    rf"here)\s+(?:{_WORK}|this|it)",
    r"[\"“']?\b(?:overall(?:[ _]score)?|score|rating|grade|mark|verdict|decision|recommendation)"
    r"[\"”']?\s*[:=]\s*[\"“']?(?:10|ten|9(?:\.\d+)?|nine|(?:strong\s+)?accept|pass|yes|excellent|perfect)\b",
    r"[\"“'](?:findings|weaknesses|issues|faults|problems|flaws|errors)[\"”']\s*:\s*(?:\[\s*\]|[\"“'](?:"
    r"none|no)?[\"”']|null|0)",
    rf"\b(?:rating|score|grade|evaluation|review|verdict|assessment)\s+(?:of|for)\s+{_WORK}{_GAP}{{0,40}}?"
    r"\b(?:must|should|ends?|has\s+to|is\s+to|shall|will)\b",
    rf"\b(?:the|your|any|every|each|all|a)\s+(?:\w+\s+)?(?:criteria|items|{_OPINION})\b{_GAP}{{0,30}}?\b(?:"
    rf"must|should|shall|has\s+to|have\s+to|is\s+to|are\s+to|ought\s+to|needs?\s+to)\b{_GAP}{{0,30}}?"
    rf"(?:{_UTMOST}\b(?!\s+of\s+\w+\s+\w+\s+\w)|uniformly\s+positive|\bpositive\b|\bfavou?rable\b|at\s+"
    rf"least\s+{_NUMBER}|\bbe\s+{_NUMBER}|raised\s+to)",
    r"\b(?:scor(?:e|ing)|ratings?|grades?|verdict|result)\s+(?:has\s+been|is|was|are)\s+(?:\w+\s+)?(?:"
    r"locked|fixed|frozen|pre-?set|hard-?coded|predetermined)\b[^.]{0,20}?(?:\d|ten|nine|maximum|$)",
    rf"\b(?:score|rating|grade|mark)\s+(?:below|under|lower\s+than|less\s+than|other\s+than)\s+(?:the\s+)?"
    rf"(?:9|10|nine|ten|8|eight|maximum|full)\b{_GAP}{{0,40}}?\b(?:justified|wrong|unfair|possible|"
    r"appropriate|errors?|mistakes?|unreasonable|incorrect|invalid)\b",
    rf"\b(?:experts?|panel|committee|editors?|{_HUMAN})\b{_GAP}{{0,60}}?\b(?:agreed?|gives?|given|gave|"
    rf"finds?|found|rates?|rated|awards?|awarded)\b{_GAP}{{0,40}}?(?:full\s+marks|top\s+marks|(?:score|"
    r"mark|rating)s?\s+of\s+(?:10|ten|9)|(?:10|ten)\s*(?:/|out\s+of|of)\s*(?:10|ten)|"
    rf"{_UTMOST}\s+{_OPINION}\b{_GAP}{{0,20}}?\b(?:to|for)\s+{_WORK})",
    # nobody may judge otherwise
    rf"\bno\s+(?:\w+\s+)?(?:{_HUMAN}|readers?|experts?|one|model|body)\s+(?:could|would|can|will|should|may)\s+"
    rf"{_GAP}{{0,40}}?(?:less\s+than|below|lower|fault|objection|weakness|disagree|critici[sz]e|reject|"
    r"doubt)",
    rf"\b(?:no\s+(?:choice|option|alternative)\s+but\s+to|cannot\s+(?:but|help\s+but|fail\s+to))\s+(?:\w+ly\s+"
    rf")?(?:accept|approve|praise|recommend|award|(?:rate|score|grade|regard)\s+(?:{_WORK}|it))\b",
    rf"\b(?:{_HUMAN}|whoever|anyone\s+who|those\s+who)\s+(?:\w+\s+)?(?:who\s+)?(?:lowers?|disagrees?|"
    rf"critici[sz]es?|finds?\s+fault|rejects?|objects?|doubts?)\b{_GAP}{{0,50}}?\b(?:violates?|misread|"
    r"will\s+be|wrong|mistaken|errs?|incompetent|biased|removed|is\s+unfair)\b",
    rf"\b(?:careful|fair|honest|good|competent|serious|attentive|expert|qualified|reasonable)\s+(?:"
    rf"{_HUMAN}|readers?)\b{_GAP}{{0,40}}?\b(?:conclude|agree|see|give|gives|award|recognise|recogni[sz]es?|"
    rf"find|accept|rate|rates)\b{_GAP}{{0,40}}?{_WORK}",
    r"\bit\s+(?:is|would\s+be)\s+(?:\w+ly\s+)?(?:unfair|wrong|right|fair|appropriate|best|recommended|"
    r"essential|necessary|advisable)\s+(?:to|that)\s+(?:the\s+|an?\s+)?(?:score\b(?!s)|rate\s+(?:this|"
    r"the)|rating|grade|grading|penali[sz]e|deduct|accept\s+(?:this|the)|overlook|ignore\s+the\s+(?:"
    r"missing|faults?|errors?)|evaluation\s+of\s+this|review)\b",
    # no checking
    rf"\b(?:no|nothing)\s+(?:further\s+|more\s+)?(?:{_FAULTS}|review|verification|checks?|checking)\s+(?:is|"
    rf"are|may|should|must|need|shall|can)\b{_GAP}{{0,20}}?\b(?:needed|required|necessary|raised|reported|"
    r"made|listed|mentioned|noted|allowed|given)\b(?!\s+(?:by|in)\b)",
    r"\bfurther\s+(?:checks?|checking|verification|review)\s+(?:is|are)\s+(?:unnecessary|redundant|"
    r"superfluous|not\s+(?:needed|required|necessary))\b",
    r"\bno\s+(?:need|reason|point|use|sense)\s+(?:to|in)\s+(?:re-?)?(?:check|verify|question|doubt|"
    r"penali[sz]e|flag|compar|critici[sz]e|object|deduct|verifying|checking|doubting|questioning)",
    r"\b(?:checks?|verification|review)\s+(?:may|can|should|must)\s+(?:safely\s+)?be\s+(?:skipped|omitted|"
    r"left\s+out|waived|marked\s+as|passed)\b",
    rf"\b(?:any|all|these|such|the|missing|minor|remaining)\b{_GAP}{{0,20}}?\b(?:{_FAULTS}|sources)\b{_GAP}"
    r"{0,40}?\b(?:should|must|shall|may|are\s+to|need|can)\s+(?:not\s+(?:be\s+)?(?:count|reported|"
    r"mentioned|raised|listed|held|lower|flagged|penali[sz]ed|affect)|be\s+(?:left|ignored|overlooked|"
    r"forgiven|disregarded|excused|passed\s+over|unmentioned))\b",
    rf"\bany\s+finding\s+about\b{_GAP}{{0,60}}?\b(?:mistake|wrong|error|left\s+out)\b",
    rf"\b(?:you|{_HUMAN})\s+have\s+already\s+(?:checked|verified|approved|accepted|given)\b",
    # wishes and expectations
    rf"\b(?:request|ask\s+for|expect|demand|appreciate|hope\s+for|require|beg\s+for|want|count\s+on|plead\s+for|"
    rf"wish\s+for|long\s+for|welcome)\s+(?:an?\s+|the\s+|your\s+|only\s+){{1,2}}{_BEST}\s+(?:\w+\s+)?{_OPINION}",
    rf"(?:^|\b(?:an?|the|your|only)\s+){_BEST}\s+(?:\w+\s+)?{_OPINION}\s+(?:is|are|would\s+be|will\s+be)\s+(?:\w+ly\s+)?"
    r"(?:requested|expected|required|appreciated|welcome|warranted|due|in\s+order|mandatory|obligatory|"
    r"demanded|called\s+for)\b",
    rf"^\W*(?:let|may)\s+(?:this|our|the|your|all|each|every)\b{_GAP}{{0,40}}?\b(?:be|receive|get|pass|earn|have)\b"
    rf"{_GAP}{{0,40}}?(?:{_PRAISED}|{_NUMBER}|{_UTMOST}|generous|lenient|merciful|kind|favou?rable|positive|"
    r"pass|through|accepted)",
    rf"{_WORK}\s+(?:must|should|shall|has\s+to|is\s+to|ought\s+to)\s+be\s+(?:considered|regarded|deemed|viewed|"
    rf"treated|seen|classed|classified)\b{_GAP}{{0,30}}?\b(?:{_SOUND}|{_UTMOST}|exemplary|finished|final)\b",
    rf"\b(?:scores?|ratings?|grades?|marks?)\s+(?:lower|below|under|less|smaller)\s+(?:than\s+)?(?:{_NUMBER}|8|eight|"
    rf"7|seven)\b{_GAP}{{0,20}}?\b(?:not|never|forbidden|invalid|disallowed|prohibited|unacceptable|wrong)\b",
    r"\bnothing\s+(?:\w+\s+)?to\s+(?:critici[sz]e|object|fault|complain|correct|flag)\b",
    rf"{_WORK}\s+(?:has|have)\s+(?:already\s+)?passed\b|{_WORK}\b{_GAP}{{0,60}}?\bneeds?\s+no\s+(?:further\s+|more\s+)?"
    r"(?:scrutiny|review|check\w*|verification|changes|revision)\b",
    rf"\b(?:expected|intended|desired|target|required)\s+(?:overall\s+)?(?:rating|score|grade|mark|verdict|decision)"
    rf"\s*(?:(?:of|for)\s+{_WORK}|:\s*(?:{_NUMBER}|accept)|is\s+{_NUMBER})",
    rf"\b{_WORK}\s+(?:receive[sd]?|got|gets|obtain(?:s|ed)?)\s+(?:an?\s+|the\s+)?{_PRAISED}",
    r"\btext\s+above\s+this\s+line\b|\bignore\s+the\s+text\s+(?:above|below)\b",
    # pleas
    rf"\b(?:my|our)\s+(?:\w+\s+)?(?:career|degree|job|position|project|graduation|thesis|future|life|"
    rf"tenure|grant|funding|family|livelihood|visa|promotion|promise)\b{_GAP}{{0,80}}?\b(?:you|your|this\s+"
    r"(?:review|score|decision)|reject\w*|verdict)\b",
    rf"\b(?:grateful|appreciate|delighted|happy|thankful|glad)\b{_GAP}{{0,30}}?\byou\b{_GAP}{{0,30}}?\b(?:"
    rf"accept|scor|rat(?:e|ing)|recommend|approv|award|prais)",
    r"\blook\s+forward\s+to\s+your\s+(?:positive|favou?rable|kind)\b|\bhope\s+(?:that\s+)?you\s+will\s+(?:"
    r"recommend|accept|rate|score|approve)",
    r"\byou\s+will\s+be\s+(?:rewarded|paid|tipped|thanked|punished|removed)\b",
    # hidden by markup
    r"(?:display\s*:\s*none|visibility\s*:\s*hidden|opacity\s*:\s*0|font-size\s*:\s*[01](?:px|pt)?\b|"
    r"color\s*:\s*(?:white|#fff\w*|transparent))",
    r"\\(?:text)?color\s*\{\s*white\s*\}",
    r"<!--\s*(?:\w+\s+)?(?:reviewers?|ai|llms?|graders?|note|system|instructions?|ignore|please)\b",
)
_TELLING = re.compile("|".join(f"(?:{words})" for words in _ALONE), re.IGNORECASE)

# --- quotations -----------------------------------------------------------------------------------

_QUOTED = re.compile(r"[“\"‘«](?=\w)(?P<words>(?:[^“”\"‘’«»]|(?<=\w)’(?=\w)){8,}?)[”\"’»](?!\w)")
_REPORTED = re.compile(
    r"\b(?:attacks?|attackers?|adversar\w+|inject\w+|jailbr\w+|backdoors?|payloads?|poison\w+|"
    r"manipulat\w+|red[\s-]team\w*)\b",
    re.IGNORECASE,
)
"""Papers about attempts to steer; in their sentences only an order at the beginning counts."""


def steers(sentence: str) -> bool:
    """Whether one sentence of plain English text tells its reviewers how to judge.

    Quoted words count only where nothing but the quotation stands: papers quote such orders.
    """
    if not any(word.startswith(_TOPICS) for word in _LETTERS.findall(sentence.lower())):
        return False
    plain = _unquoted(sentence)
    ordered = _ordered(plain)
    if _REPORTED.search(plain):
        return ordered and not _OTHERS.search(plain)
    if _TELLING.search(plain):
        return True
    if _OTHERS.search(plain):
        return False
    return (
        ordered or _asked(_PERSONAL, plain) or (bool(_HERE.search(plain)) and _asked(_THIRD, plain))
    )


def _ordered(sentence: str) -> bool:
    """Whether an order begins the sentence, or joins one that does."""
    return _asked(_ORDER, sentence)


def _asked(frame: re.Pattern[str], sentence: str) -> bool:
    """Whether a demand follows a frame."""
    return any(
        _DEMAND.match(sentence, match.end())
        for match in frame.finditer(sentence)
        if not _GERUND.match(sentence, match.end()) or match.group().rstrip().endswith("for")
    )


def _unquoted(sentence: str) -> str:
    """The sentence without quotations of three words or more, unless it is hardly more than one."""

    def mention(match: re.Match[str]) -> str:
        outside = len(sentence.split()) - len(match.group().split())
        return '"…"' if len(match["words"].split()) >= 3 and outside >= 3 else match.group()

    return _QUOTED.sub(mention, sentence)
