-- Takes the lease if nobody has it, or if its holder has the same name: that one was restarted, and what it may still write
-- is refused, because its token is an older one.
local lease, fence, consumer, milliseconds = KEYS[1], KEYS[2], ARGV[1], ARGV[2]
local holder, refused = ask('string', 'GET', lease)
if refused then return refused end
if holder then
    local name = string.match(holder, '^%d+ (.*)$')
    if not name then return redis.error_reply('DAMAGED ' .. lease .. ': it is no lease of simbet') end
    if redis.call('PTTL', lease) == -1 then
        return redis.error_reply('DAMAGED ' .. lease .. ': this lease never runs out')
    end
    if name ~= consumer then return false end
end
local token
token, refused = ask('string', 'GET', fence)
if refused then return refused end
if token and (#token > 15 or not string.find(token, '^%d+$')) then
    return redis.error_reply('DAMAGED ' .. fence .. ': it is not the number of the leases that were granted')
end
-- a step that is refused in its midst is undone with XDEL
refused = denied('SET', lease, 'x', 'PX', 'x') or denied('XDEL', lease, '0-0')
if refused then return refused end
local mine = redis.call('INCR', fence) .. ' ' .. consumer
redis.call('SET', lease, mine, 'PX', milliseconds)
return mine
