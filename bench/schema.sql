-- The JSON Schema of the documents that data.sql makes.  Sets the variables schema, without_pattern (the same but for
-- that keyword), and wrong_entity: a jsonpath predicate that says of an entity what the schema refuses.
SELECT $${"type": "object",
           "additionalProperties": {
               "type": "object",
               "required": ["name", "requests", "cost", "successRate", "lastSeen", "tokenBreakdown"],
               "properties": {
                   "name": {"type": "string"},
                   "requests": {"type": "integer", "minimum": 0},
                   "cost": {"type": "number", "minimum": 0},
                   "successRate": {"type": "number", "minimum": 0.5},
                   "lastSeen": {"type": "string",
                                "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$"},
                   "tokenBreakdown": {
                       "type": "object",
                       "required": ["prompt", "completion", "total"],
                       "properties": {"prompt": {"type": "integer", "minimum": 0},
                                      "completion": {"type": "integer", "minimum": 0},
                                      "total": {"type": "integer", "minimum": 0}},
                       "additionalProperties": false}},
               "additionalProperties": false}}$$ AS schema,
-- In mode strict, exists() is unknown, not false, of what is missing; what follows meets no missing member.
       $$@.type() != "object"
         || (exists(@.name) && exists(@.requests) && exists(@.cost) && exists(@.successRate) && exists(@.lastSeen)
             && exists(@.tokenBreakdown)) is unknown
         || @.name.type() != "string"
         || @.requests.type() != "number" || @.requests.floor() != @.requests || @.requests < 0
         || @.cost.type() != "number" || @.cost < 0
         || @.successRate.type() != "number" || @.successRate < 0.5
         || @.lastSeen.type() != "string"
         || !(@.lastSeen like_regex "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$")
         || exists(@.keyvalue().key ? (@ != "name" && @ != "requests" && @ != "cost" && @ != "successRate"
                                       && @ != "lastSeen" && @ != "tokenBreakdown"))
         || @.tokenBreakdown.type() != "object"
         || (exists(@.tokenBreakdown.prompt) && exists(@.tokenBreakdown.completion)
             && exists(@.tokenBreakdown.total)) is unknown
         || exists(@.tokenBreakdown.keyvalue().key ? (@ != "prompt" && @ != "completion" && @ != "total"))
         || exists(@.tokenBreakdown.* ? (@.type() != "number" || @.floor() != @ || @ < 0))$$ AS wrong_entity
\gset
SELECT :'schema'::jsonb #- '{additionalProperties,properties,lastSeen,pattern}' AS without_pattern
\gset
