def config
  { type: "api", name: "echo", method: "POST", path: "/echo" }
end

def handler(req, _context)
  {
    status: 200,
    headers: { "x-echo" => "yes" },
    body: { body: req.body, method: req.method, params: req.path_params, query: req.query_params, raw: req.raw_body }
  }
end
