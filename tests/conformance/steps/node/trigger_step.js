import { motia } from '@motia/core';

export const config = { type: 'event', name: 'trigger', subscribes: ['t.trigger'] };

export const handler = async (input) => motia.trigger('value', input);
