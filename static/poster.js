// The print button; without scripts the browser's own does it, and the button stays hidden.
const button = document.getElementById("print");
button.hidden = false;
button.addEventListener("click", () => window.print());
