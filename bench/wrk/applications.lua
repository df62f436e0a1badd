-- Requests a page of each application in turn: wrk … URL -- COUNT.

local requests = {}
local last = 0

function init(arguments)
  for number = 1, tonumber(arguments[1]) do
    requests[number] = wrk.format("GET", "/app-" .. number .. "/call?id=17")
  end
end

function request()
  last = last % #requests + 1
  return requests[last]
end
