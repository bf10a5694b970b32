import { createSmtpServer } from '@postino/node';

export const server = createSmtpServer({ hostname: 'mx.example.org' }, ({ peer }) => {
  let mail = '';
  return {
    rcpt: (to) => (to.localPart === 'ale' ? undefined : { code: 550, text: 'No such user here' }),
    content: (bytes) => void (mail += Buffer.from(bytes).toString('latin1')),
    message: (size) => console.log(`${size} octets from ${peer.address}:\n${mail}`),
    reset: () => void (mail = ''),
  };
});

export const { port } = await server.listen({ port: 0, host: '127.0.0.1' });
