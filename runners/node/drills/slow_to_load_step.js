// Awaits at its top what never comes: reported as `timeout`, and the files beside it are described.
export const config = { type: 'event', name: 'slow-to-load', subscribes: ['d.slow'] };

await new Promise(() => {});

export const handler = async () => 'never';
