/** A page of the published React hooks: a group, one of its items, and what somebody sends to the group. */
import { createRoot } from 'react-dom/client';
import { useState } from 'react';
import {
  MotiaStreamProvider,
  useStreamEventHandler,
  useStreamGroup,
  useStreamItem,
} from '@motiadev/stream-client-react';

function Board({ stream, group, id }) {
  const all = useStreamGroup({ streamName: stream, groupId: group, sortKey: 'text' });
  const one = useStreamItem({ streamName: stream, groupId: group, id });
  const [heard, setHeard] = useState([]);
  useStreamEventHandler({ event: all.event, type: 'note', listener: (data) => setHeard((had) => [...had, data.text]) }, []);
  return (
    <>
      <ul>{all.data.map((item) => <li key={item.id}>{item.text}</li>)}</ul>
      <p id="one">{one.data ? one.data.text : 'nothing'}</p>
      <p id="heard">{heard.join(' ')}</p>
    </>
  );
}

const asked = Object.fromEntries(new URLSearchParams(location.search));
createRoot(document.getElementById('root')).render(
  <MotiaStreamProvider address={asked.address}>
    <Board {...asked} />
  </MotiaStreamProvider>,
);
