-- Notes how the streams are spread, unless it is noted; what is noted.
local found, refused = ask('string', 'GET', KEYS[1])
if refused then return refused end
if found then return found end
refused = denied('SET', KEYS[1], 'x', 'PX', 'x')
if refused then return refused end
redis.call('SET', KEYS[1], ARGV[1])
return ARGV[1]
