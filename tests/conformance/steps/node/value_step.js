export const config = { type: 'event', name: 'value', subscribes: ['t.value'] };

export const handler = async (input) => input;
