/** Style sheets arrive as text, for `useStyles`. */
declare module "*.css" {
  const text: string;
  export default text;
}
