// Replaces what the runner stands on - JSON, timers, console, the working folder - and harms itself only.
exports.config = { type: 'event', name: 'meddles', subscribes: ['d.meddles'] };

exports.handler = async (_input, { state }) => {
  JSON.parse = JSON.stringify = () => 'meddled';
  globalThis.setTimeout = globalThis.setImmediate = () => {
    throw new Error('fake timers');
  };
  process.stdout.write = process.stderr.write = () => true;
  Error.prepareStackTrace = () => {
    throw new Error('no stacks');
  };
  process.chdir('/');
  return await state.get('g', 'k');
};
