export const config = { type: 'event', name: 'bytes', subscribes: ['t.bytes'] };

export const handler = async ({ blob }) => ({ size: blob.length, blob });
