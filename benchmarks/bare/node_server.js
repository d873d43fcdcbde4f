// Bare node:http: no routing, no reading of the body, the same bytes for every request.
const http = require('node:http')

const body = Buffer.from('{"message":"hello ada"}')
const headers = { 'content-type': 'application/json', 'content-length': body.length }

http.createServer((request, response) => {
  response.writeHead(200, headers)
  response.end(body)
}).listen(Number(process.argv[2]), '127.0.0.1')
