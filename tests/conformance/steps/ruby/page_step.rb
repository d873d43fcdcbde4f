def config
  { type: "api", name: "page", method: "POST", path: "/page" }
end

def handler(_req, _context)
  { "status" => 200, "body" => "<p>hi</p>" }
end
