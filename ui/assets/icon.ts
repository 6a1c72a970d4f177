export const ICON =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><path d="M2 12 6 4l4 6 4-8" fill="none" stroke="#3b74d4" stroke-width="2.5" stroke-linecap="round" stroke-linejoin="round"/></svg>\n';
