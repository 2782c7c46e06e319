// Sends the answer to the application at once; without scripts the button does it.
document.getElementById("form-post").submit();
