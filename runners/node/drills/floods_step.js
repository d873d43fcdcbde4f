// Prints and logs faster than anybody reads: the order stands, others are answered, memory stays bounded.
exports.config = { type: 'event', name: 'floods', subscribes: ['d.floods'] };

exports.handler = async ({ lines, size }) => {
  for (let n = 0; n < lines; n++) console.log(`${n} ${'x'.repeat(size)}`);
  return 'done';
};
