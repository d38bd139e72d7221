"""The words of steering, as fragments of patterns: readers, judgements, faults, rules, works."""

HUMAN = (
    r"(?:reviewers?|graders?|evaluators?|referees?|assessors?|raters?|judges?|auditors?|"
    r"(?:area\s+)?chairs?|panell?ists?|fact[\s-]checkers?|jurors?|examiners?)"
)
MACHINE = (
    r"(?:(?:large\s+)?language\s+models?|llms?|ais?|(?:artificial|machine)\s+intelligences?|"
    r"chat\s?bots?|bots?|chatgpt|gpt(?:-\w+)?|claude|gemini|copilot|llama|assistants?|"
    r"neural\s+networks?|machines?|agents?|models?|systems?)"
)
ARTIFICIAL = (
    r"(?:(?:ai|llm|automated|automatic|artificial|machine|model|robot(?:ic)?|"
    r"computer)(?:-based)?\s+"
    rf"(?:{HUMAN}|{MACHINE}|readers?|tools?|checkers?)|(?:reviewing|grading|judging|"
    r"evaluating|scoring)\s+(?:models?|systems?|agents?|assistants?)|(?:large\s+)?language\s+"
    r"models?|llms?|"
    r"chatgpt|gpt(?:-\w+)?|claude|gemini|ais|artificial\s+intelligences?|chat\s?bots?|bots)"
)
READER = rf"(?:(?:ai|llm|automated|automatic|machine)\s+)?(?:{HUMAN}|{MACHINE}|readers?)"
KIND = (
    r"(?:report|paper|synthesis|review|document|submission|manuscript|article|preprint|text|page|"
    r"work|study|contribution|essay|summary)"
)
WORK = rf"(?:(?:this|our|the\s+(?:present|attached|following|above))\s+(?:\w+\s+)?{KIND}s?|" + (
    r"the\s+(?:report|paper|synthesis|document|submission|manuscript|article|preprint|work\s+at\s+"
    r"hand)\b(?!['’]s))"
)
OPINION = (
    r"(?:(?:sub-?)?scores?|scoring|ratings?|grades?|grading|marks?|points?|stars|credit|reviews?|"
    r"evaluations?|verdicts?|assessments?|feedback|recommendations?|judge?ments?|opinions?|votes?|"
    r"critiques?|reports?|comments?|referee\s+reports?|appraisals?|eulogy|praise)"
)
NUMBER = (
    r"(?:(?<![\d.,–-])(?<!\d\sto\s)(?:10|9(?:\.\d+)?)(?![\d,–-]|\.\d|\s*%|\s+(?:and|or|to)\s+\d|\s+"
    r"[a-z]*\s*(?:cases|"
    r"patients|papers|models|items|runs))|(?<!one\sto\s)\b(?:ten|nine)\b|\b(?:4|5|four|"
    r"five)\s*(?:/|out\s+of|of)\s*"
    r"(?:4|5|four|five)\b|\b(?:5|five)\s+stars\b)"
)
BEST = (
    r"(?:top|best|highest|maximum|maximal|max|perfect|full|excellent|outstanding|exceptional|"
    r"flawless|stellar|superb|glowing|enthusiastic|favou?rable|positive|uniformly\s+positive|"
    r"generous|laudatory|high|higher|good|great|kind|unanimous|strong\s+accept)"
)
UTMOST = r"(?:top|highest|maximum|maximal|max|perfect|full|best(?:\s+possible)?)"
ACCEPTED = r"(?:(?:strong(?:ly)?\s+|clear\s+)?accept(?:ance|ed|ing)?|publication|approval)"
PRAISED = (
    rf"(?:{UTMOST}\s+(?:\w+\s+){{0,2}}?{OPINION}|{BEST}\s+(?:\w+\s+){{0,1}}?{OPINION}|"
    rf"{OPINION}\s+(?:\w+\s+){{0,4}}?(?:{NUMBER}|{UTMOST}|\bA\b)|"
    rf"{NUMBER}\s*(?:/|out\s+of|of)\s*(?:10|ten)|(?:ten|nine|10|9)\s+(?:points|stars)|"
    rf"(?:top|upper\s+end|maximum|end)\s+of\s+the\s+scale|(?:no|not|nothing|anything)\s+(?:\w+\s+)?"
    rf"(?:lower|less|below|under)\s+(?:than\s+)?(?:an?\s+)?(?:{NUMBER}|8|eight|strong\s+accept)|"
    rf"at\s+least\s+(?:an?\s+)?{NUMBER})"
)
FAULTS = (
    r"(?:faults?|flaws?|weakness(?:es)?|problems?|negatives?|negative\s+\w+|shortcomings?|"
    r"limitations?|limits|critici[sz]ms?|critiques?|concerns?|objections?|gaps?|errors?|mistakes?|"
    r"issues?|inconsistenc(?:y|ies)|contradictions?|deductions?|penalt(?:y|ies)|drawbacks?|"
    r"defects?|"
    r"findings?|doubts?|unsupported|missing|deficienc(?:y|ies)|downsides?)"
)
CHECKED = (
    r"(?:checks?|checklists?|rubrics?|criteria|verifications?|validation|citations?|quotes?|"
    r"quotations?|references|sources|numbers|figures|statistics|evidence|claims?|audit)"
)
RULES = (
    r"(?:instructions?|prompts?|guidelines?|guidance|rules|directions|directives?|orders|commands?|"
    r"criteria|rubrics?|checklists?|policy|policies|training|context|assignment|task|guide)"
)
SOUND = (
    r"(?:verified|correct|supported|excellent|flawless|conclusive|accepted|overwhelming|satisfied|"
    r"fulfilled|established|complete|completed|sufficient|valid|sound|passed|proven|true|perfect|"
    r"outstanding|groundbreaking|ground-breaking|exceptional|novel|impeccable|convincing|the\s+"
    r"best|"
    r"top|unassailable|acceptable|positive|checked|favou?rable)"
)
GAP = r"[^.!?\n]"

BEGINS = (
    r"(?:^|(?<=[:;)\]>}|#*=])\s|[—–]|\s-{1,3}\s|[\"“'‘](?=\w+\s))[\W_]*"
    r"(?:please|kindly|now|then|also|just|simply|so|and|but|yes|ok(?:ay)?|,|\s)*"
)
