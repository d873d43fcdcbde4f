// The document shows the statement only; a function around it makes a step of it.
export default async function register(event) {
// API Step에서 이벤트 발행
await event.emit('user-registered', { userId: 123 });
}
