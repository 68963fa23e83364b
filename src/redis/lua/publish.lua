-- Adds entries and notes the new progress, if the stored progress is the expected one. So a step after one that was refused
-- is refused as well, even when it has been sent already.
local events, published = KEYS[1], KEYS[2]
local replay, expected, upto, maxlen = unpack(ARGV, 1, 4)
local count, id, refused = progress(events, published, replay)
if refused then return refused end
if count ~= expected then return redis.error_reply('GAP the replay is not where it was') end
refused = shut(events) or denied('HSET', published, 'x', 'x', 'x')
if refused then return refused end
local call = redis.call
for place = 5, #ARGV, 3 do
    if maxlen == '' then
        id = call('XADD', events, '*',
            'event_type', ARGV[place], 'data', ARGV[place + 1], 'timestamp', ARGV[place + 2])
    else
        id = call('XADD', events, 'MAXLEN', '~', maxlen, '*',
            'event_type', ARGV[place], 'data', ARGV[place + 1], 'timestamp', ARGV[place + 2])
    end
end
redis.call('HSET', published, replay, sealed(replay, upto, id))
return 1
