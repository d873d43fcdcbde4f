// Bare Express: one route, the body parsed, the answer as JSON. What somebody would write without Motia.
const express = require('express')

const app = express()
app.use(express.json())
app.post('/ts', (request, response) => response.json({ message: `hello ${request.body.name}` }))
app.listen(Number(process.argv[2]), '127.0.0.1')
