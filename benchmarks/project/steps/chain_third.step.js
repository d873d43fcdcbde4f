const dgram = require('node:dgram')

exports.config = { name: 'ChainThird', type: 'event', subscribes: ['chain.javascript'], emits: [] }

const socket = dgram.createSocket('udp4').unref()

// Tells the benchmark that the chain has reached its end.
exports.handler = async (data) => {
  if (data.port) socket.send(String(data.n), data.port, '127.0.0.1')
}
