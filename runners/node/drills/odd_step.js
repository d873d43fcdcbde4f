// Throws what cannot be shown or read: an error of this invocation.
exports.config = { type: 'event', name: 'odd', subscribes: ['d.odd'] };

const refuse = () => {
  throw new Error('unreadable');
};

class Unreadable extends Error {
  get message() {
    return refuse();
  }
  get stack() {
    return refuse();
  }
  get code() {
    return refuse();
  }
}

const thrown = {
  error: () => new Unreadable(),
  proxy: () => new Proxy({}, { get: refuse, getPrototypeOf: refuse, ownKeys: refuse }),
  bare: () => Object.create(null),
  symbol: () => Symbol('odd'),
};

exports.handler = async (what, { logger }) => {
  const odd = thrown[what]();
  logger.info('odd', { odd });
  throw odd;
};
