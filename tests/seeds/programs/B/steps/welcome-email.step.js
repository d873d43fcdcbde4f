// Event Step에서 이벤트 구독
// welcome-email.step.js
export default async function welcomeEmail(event) {
  if (event.topic === 'user-registered') {
    await sendWelcomeEmail(event.data.userId);
  }
}
