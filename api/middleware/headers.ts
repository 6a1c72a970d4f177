import type { MiddlewareHandler } from 'hono';
import { secureHeaders } from 'hono/secure-headers';

/** No inline script or style anywhere, so neither needs a nonce. HSTS belongs to whatever ends TLS in front of us. */
const headers = (imgSrc: string[]) =>
  secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'none'"],
      styleSrc: ["'self'"],
      imgSrc,
      scriptSrc: ["'self'"],
      connectSrc: ["'self'"],
      formAction: ["'self'"],
      frameAncestors: ["'none'"],
      baseUri: ["'none'"],
    },
    permissionsPolicy: { camera: [], geolocation: [], microphone: [], payment: [], usb: [] },
    referrerPolicy: 'same-origin',
    strictTransportSecurity: false,
    xFrameOptions: 'DENY',
    crossOriginResourcePolicy: 'same-origin',
    crossOriginOpenerPolicy: 'same-origin',
  });

/** The explorer has pictures in its style sheet. */
export function securityHeaders(explorer: string): MiddlewareHandler {
  const plain = headers(["'self'"]);
  const program = headers(["'self'", 'data:']);
  return (c, next) => (c.req.path === explorer ? program(c, next) : plain(c, next));
}
