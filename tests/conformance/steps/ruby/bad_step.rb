def config
  { type: "api", name: "bad", method: "POST", path: "/bad" }
end

def handler(_req, _context)
  { status: 200, body: { items: [1, { run: -> { 1 } }] } }
end
