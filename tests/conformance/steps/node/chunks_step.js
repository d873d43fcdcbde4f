export const config = { type: 'api', name: 'chunks', method: 'POST', path: '/chunks' };

async function* numbers() {
  yield 'one';
  yield 'two';
  yield 'three';
}

export const handler = async () => ({ status: 200, headers: { 'content-type': 'text/plain' }, body: numbers() });
