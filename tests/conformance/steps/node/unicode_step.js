export const config = { type: 'event', name: 'unicode', subscribes: ['t.unicode'] };

export const handler = async () => ({ text: 'a\u2028b', lone: '\ud800' });
