/**
 * What tests ask of a published client, the same in Node and in a page: connect, follow, look, leave. Keeps what the
 * listeners were told; asks nothing of the server itself. `Stream` is the client's class.
 */
export function makeRoom(Stream) {
  const clients = [];
  const subscriptions = [];

  function keep(subscription, types) {
    const kept = { subscription, changes: [], events: [] };
    subscription.addChangeListener((state) => kept.changes.push(structuredClone(state)));
    for (const type of types) subscription.onEvent(type, (data) => kept.events.push({ type, data: structuredClone(data) }));
    return subscriptions.push(kept) - 1;
  }

  return {
    connect: (address, protocols) => clients.push(new Stream(address, protocols && { protocols })) - 1,
    item: (client, stream, group, id, types) => keep(clients[client].subscribeItem(stream, group, id), types),
    group: (client, stream, group, sort, types) =>
      keep(clients[client].subscribeGroup(stream, group, sort ?? undefined), types),
    /** The state it holds, every state its listeners were told, and the events they heard. */
    look: (number) => {
      const { subscription, changes, events } = subscriptions[number];
      return { state: subscription.getState(), changes, events };
    },
    leave: (number) => subscriptions[number].subscription.close(),
  };
}
