import { motia } from '@motia/core';

export const config = { type: 'event', name: 'stats', subscribes: ['t.stats'] };

export const handler = async () => motia.stats();
