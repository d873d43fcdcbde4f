def config
  { port: 4000, stream_auth: { authenticate: method(:authenticate) },
    production: { stream_auth: { authenticate: ->(_request) { { user: "production" } } } } }
end

def authenticate(request)
  { user: request.query.user || raise("who are you?") }
end
