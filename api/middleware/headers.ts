import type { MiddlewareHandler } from 'hono';
import { secureHeaders } from 'hono/secure-headers';

/** No inline script or style anywhere, so neither needs a nonce. HSTS belongs to whatever ends TLS in front of us. */
const headers = (more: { readonly imgSrc: string[]; readonly scriptSrc?: string[]; readonly connectSrc?: string[] }) =>
  secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'none'"],
      styleSrc: ["'self'"],
      ...more,
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

/** The explorer is a program of its own, from our own origin, with pictures in its style sheet; nothing else runs a script. */
export function securityHeaders(explorer: string): MiddlewareHandler {
  const plain = headers({ imgSrc: ["'self'"] });
  const program = headers({ imgSrc: ["'self'", 'data:'], scriptSrc: ["'self'"], connectSrc: ["'self'"] });
  return (c, next) => (c.req.path === explorer ? program(c, next) : plain(c, next));
}
