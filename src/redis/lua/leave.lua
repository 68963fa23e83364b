-- The end of a trader: it leaves the group, if it is done, and the lease is free.
local events, fence, lease = KEYS[1], KEYS[2], KEYS[3]
local token, holder, group, consumer, is_done = unpack(ARGV)
local found, refused = ask('string', 'GET', fence)
if refused then return refused end
if found ~= token then return 0 end
found, refused = ask('string', 'GET', lease)
if refused then return refused end
if is_done == '1' then
    local left = redis.pcall('XGROUP', 'DELCONSUMER', events, group, consumer)
    if type(left) == 'table' and left.err and not string.find(left.err, 'NOGROUP', 1, true) then return left end
end
if found == holder then redis.call('DEL', lease) end
return 1
