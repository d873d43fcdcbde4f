// Runs out of stack, in its code and in its result: an error of this invocation.
exports.config = { type: 'event', name: 'recurses', subscribes: ['d.recurses'] };

const endless = { toJSON: () => ({ more: endless }) };
const forever = () => forever();

exports.handler = async (where) => (where === 'result' ? endless : forever());
