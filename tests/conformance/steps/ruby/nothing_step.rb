def config
  { type: "api", name: "nothing", method: "POST", path: "/nothing" }
end

def handler(_req, _context)
end
