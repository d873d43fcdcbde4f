// The document shows the statements only; a function around them makes a step of them.
export default async function counts(event) {
// 상태 저장
await event.state.set('user-count', 1000);

// 상태 조회
const count = await event.state.get('user-count');

// 상태 삭제
await event.state.delete('temporary-data');

  return { count };
}
