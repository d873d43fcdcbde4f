exports.config = { type: 'event', name: 'plain', subscribes: ['t.plain'] };

exports.handler = function (input, context) {
  return context.state.set('g', input.key, input).then(function () {
    return context.state.get('g', input.key);
  });
};
