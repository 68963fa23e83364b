-- Adds an event, unless the same was added before; its id.
local events, posted = KEYS[1], KEYS[2]
local known, refused = ask('string', 'GET', posted)
if refused then return refused end
if known then return known end
refused = shut(events) or denied('SET', posted, 'x', 'EX', 'x')
if refused then return refused end
local id = redis.call('XADD', events, '*', 'event_type', ARGV[1], 'data', ARGV[2], 'timestamp', ARGV[3])
redis.call('SET', posted, id, 'EX', ARGV[4])
return id
