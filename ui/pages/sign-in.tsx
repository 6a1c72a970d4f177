/** Before and after a session: says what to do next, and nothing of what is behind. */
import { iconPath, stylePath } from '../assets.ts';

export function SignInPage({ message, again }: { message: string; again: boolean }) {
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <title>Sign in · sv0</title>
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <link rel="stylesheet" href={stylePath} />
        <link rel="icon" href={iconPath} type="image/svg+xml" />
      </head>
      <body>
        <header class="top">
          <strong>sv0</strong>
        </header>
        <main id="main">
          <h1>Sign in</h1>
          <p role="status">{message}</p>
          {again ? (
            <p>
              <a href="/sign-in">Sign in</a>
            </p>
          ) : null}
        </main>
      </body>
    </html>
  );
}
